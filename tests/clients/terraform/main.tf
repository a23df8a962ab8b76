terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "endpoint" {
  type = string
}

variable "stage" {
  type = number
}

provider "aws" {
  region                      = "eu-west-2"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
  endpoints {
    sesv2 = var.endpoint
  }
}

resource "aws_sesv2_contact_list" "news" {
  contact_list_name = "terraform"
  description       = var.stage == 0 ? "made by Terraform" : null
  tags              = var.stage == 0 ? { env = "test" } : { owner = "us" }

  dynamic "topic" {
    for_each = var.stage == 0 ? ["Sports", "Cats"] : []
    content {
      topic_name                  = topic.value
      display_name                = topic.value
      default_subscription_status = "OPT_IN"
    }
  }
}
